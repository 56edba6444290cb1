import multiprocessing, sys, time

def take_turns(condition, turn, mine, count):
    for i in range(count):
        with condition:
            while turn.value != mine:
                condition.wait()
            turn.value = 1 - mine
            condition.notify()

if __name__ == "__main__":
    count = int(sys.argv[1])
    condition = multiprocessing.Condition()
    turn = multiprocessing.Value("i", 0, lock=False)
    p = multiprocessing.Process(target=take_turns, args=(condition, turn, 1, count))
    p.start()
    take_turns(condition, turn, 0, 1)
    begin = time.perf_counter()
    take_turns(condition, turn, 0, count - 1)
    print((count - 1) / (time.perf_counter() - begin))
    p.join()
