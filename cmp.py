import subprocess,re,sys
TOK=re.compile(r'R"(\w*)\((?:.*?)\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/',re.S)
def strip(s):
    # literals kept exactly, comments dropped, whitespace outside literals dropped
    out=[];p=0
    for m in TOK.finditer(s):
        out.append(re.sub(r'\s+','',s[p:m.start()]))
        if not m[0].startswith('/'): out.append(m[0])
        p=m.end()
    out.append(re.sub(r'\s+','',s[p:]))
    return ''.join(out)
base=sys.argv[1] if len(sys.argv)>1 else 'HEAD'
fs=subprocess.run(['git','diff','--name-only',base],text=True,capture_output=True).stdout.split()
bad=0;n=0
for f in fs:
    if not f.endswith(('.cpp','.h','.c')): print('not C:',f); continue
    n+=1
    a=strip(subprocess.run(['git','show',base+':'+f],text=True,capture_output=True).stdout); b=strip(open(f).read())
    if a!=b:
        bad+=1
        i=next((i for i,(p,q) in enumerate(zip(a,b)) if p!=q),min(len(a),len(b)))
        print('DIFF',f,'\n  ',a[max(0,i-60):i+80],'\n  ',b[max(0,i-60):i+80])
print(n,'compared,',bad,'bad'); sys.exit(bad)
