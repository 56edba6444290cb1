import subprocess, sys, time

def run_cat(count):
    input = bytes(16 << 20)
    begin = time.perf_counter()
    for i in range(count):
        subprocess.run(["cat"], input=input, capture_output=True)
    return 16 * count / (time.perf_counter() - begin)

if __name__ == "__main__":
    print(run_cat(int(sys.argv[1])))
