import multiprocessing, socket, sys, threading

def serve(conn):
    while True:
        data = conn.recv(1024)
        if not data:
            break
        conn.sendall(data)
    conn.close()

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(64)
    print(server.getsockname()[1], flush=True)
    by_process = sys.argv[1] == "process"
    served = []
    for i in range(int(sys.argv[2])):
        conn, address = server.accept()
        task = (multiprocessing.Process if by_process else threading.Thread)(target=serve, args=(conn,))
        task.start()
        if by_process:
            conn.close()
        served.append(task)
    for task in served:
        task.join()
