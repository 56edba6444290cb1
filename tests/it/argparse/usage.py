import argparse, sys
def positive(s):
    n = int(s)
    if n <= 0: raise argparse.ArgumentTypeError("%s is not positive" % s)
    return n
p = argparse.ArgumentParser(prog="u", usage="%(prog)s [options] FILE", allow_abbrev=False, description="about %(prog)s")
p.add_argument("-1", dest="one", action="store_true")
p.add_argument("--long")
p.add_argument("file", metavar="FILE", type=positive)
a = p.parse_args()
for k, v in sorted(vars(a).items()): print(k, repr(v))
