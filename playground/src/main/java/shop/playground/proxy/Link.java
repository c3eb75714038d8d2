package shop.playground.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection: the client's half, the server's half, and a lane each way. */
final class Link {

    private final Proxy proxy;
    private final Socket client;
    private final Socket server;
    private final Lane toServer;
    private final Lane toClient;
    private final AtomicInteger open = new AtomicInteger(2);

    Link(Proxy proxy, Socket client, Socket server, Framing toServer, Framing toClient) {
        this.proxy = proxy;
        this.client = client;
        this.server = server;
        this.toServer = new Lane(proxy, this, Direction.TO_SERVER, toServer);
        this.toClient = new Lane(proxy, this, Direction.TO_CLIENT, toClient);
    }

    void start() {
        Proxy.inBackground(() -> run(toServer, client, server));
        Proxy.inBackground(() -> run(toClient, server, client));
    }

    private void run(Lane lane, Socket from, Socket to) {
        lane.run(from, to);
        if (open.decrementAndGet() == 0) {
            cut();
        }
    }

    int held() {
        return toServer.held() + toClient.held();
    }

    void release() {
        try {
            toServer.release(server);
            toClient.release(client);
        } catch (IOException gone) {
            cut();
        }
    }

    /** Breaks it on both sides with a reset; what is held is lost. */
    void cut() {
        reset(client);
        reset(server);
        proxy.forget(this);
    }

    static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (SocketException closedAlready) {
            // all the same
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
