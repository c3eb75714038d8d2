package shop.playground.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Ports on 127.0.0.1. */
public final class Ports {

    private static final Set<Integer> given = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /**
     * A port that nobody listens on, given to nobody else in this JVM. It lies below those that Linux hands out for
     * outgoing connections (32768 and up): a client that keeps calling a server that is down would otherwise be given the
     * server's own port some day, connect to itself, and keep the server from coming back.
     */
    public static int free() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            if (isFree(port) && given.add(port)) {
                return port;
            }
        }
        throw new ServerException("No port between 15000 and 32000 is free: stop some of what listens there.");
    }

    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // as the servers do, which have to come back while old connections linger
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public static void requireFree(String server, int port) {
        if (!isFree(port)) {
            throw new ServerException("Port " + port + ", which " + server
                    + " wants, is taken: stop the program that listens there, or choose another port.");
        }
    }

    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
