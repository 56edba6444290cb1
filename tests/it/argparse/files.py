import argparse
p = argparse.ArgumentParser(prog="files")
p.add_argument("source", type=argparse.FileType("r"))
p.add_argument("-o", "--out", type=argparse.FileType("w"), default="-")
a = p.parse_args()
print(a.source.read().upper(), file=a.out, end="")
