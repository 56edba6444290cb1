import argparse
p = argparse.ArgumentParser(prog="a-very-long-program-name-that-takes-much-of-the-line-for-itself", description="one\n  two\nthree", formatter_class=argparse.RawDescriptionHelpFormatter, add_help=False)
p.add_argument("--alpha", help="first")
p.add_argument("--beta", nargs="+")
p.add_argument("--gamma-delta-epsilon", metavar="SOMETHING")
p.add_argument("pos", help="the 100%% position")
a = p.parse_args()
for k, v in sorted(vars(a).items()): print(k, repr(v))
