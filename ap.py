import sys,re,textwrap
sys.path.insert(0,'/tmp/e2')
from ex import blocks,flat
W=118
cnt={}
def wrap(text,col):
    out=[]
    for para in re.split(r' ?\\n ?',text):
        if para=='': out.append(''); continue
        out+=textwrap.wrap(para.replace('.  ','.\u00a0 '),W-col-3,break_long_words=False,break_on_hyphens=False)
    return [x.replace('.\u00a0 ','.  ') for x in out]
cur=None; ed={}
for l in open(sys.argv[1]):
    l=l.rstrip('\n')
    if not l.strip(): continue
    if l.startswith('='): cur=l[1:].strip(); ed.setdefault(cur,{}); continue
    m=re.match(r'(\d+) (.*)',l)
    if not m: print('BAD LINE',l); continue
    if int(m[1]) in ed[cur] and not m[2].startswith('~'): print('DUP',cur,l)
    ed[cur].setdefault(int(m[1]),[]).append(m[2])
for f,e in ed.items():
    s=open(f).read(); lines,bs=blocks(s); n=0
    for i in sorted(e,reverse=True):
        if i>=len(bs): print('NOID',f,i); continue
        b=bs[i]; t=e[i]
        if t[0].startswith('~'):
            new=flat(b)
            for x in t:
                p=x.split('~')
                if len(p)!=4 or p[1] not in new: print('NOMATCH',f,i,x,'IN',new); continue
                new=new.replace(p[1],p[2],1)
        else: new=t[0]
        if b['full']:
            rep=[] if new=='DEL' else [' '*b['col']+('// '+x).rstrip() for x in wrap(new,b['col'])]
            lines[b['start']:b['end']+1]=rep
        else:
            code=lines[b['start']][:b['col']]
            if new=='DEL': rep=[code.rstrip()]
            else:
                room=99-b['col']-3
                w=[new] if len(new)<=room else textwrap.wrap(new,max(room,40),break_long_words=False,break_on_hyphens=False) if len(b['t'])>1 or len(new)>room+25 else [new]
                rep=[code+'// '+w[0]]+[' '*b['col']+'// '+x for x in w[1:]]
            lines[b['start']:b['end']+1]=rep
        n+=1
    open(f,'w').write('\n'.join(lines)); cnt[f]=n
print(sum(cnt.values()),'comments in',len(cnt),'files')
