import sys, time
from multiprocessing import Pool

def count_words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts

def pieces(file):
    while piece := file.read(262144) + file.readline():
        yield piece

if __name__ == "__main__":
    file = open(sys.argv[1])
    begin = time.perf_counter()
    total = {}
    with Pool(2) as pool:
        for counts in pool.imap_unordered(count_words, pieces(file)):
            for word, count in counts.items():
                total[word] = total.get(word, 0) + count
    seconds = time.perf_counter() - begin
    assert len(total) == 5000, len(total)
    print(seconds * 1e3)
    if len(sys.argv) > 2:
        print(sum(total.values()))
