package shop.playground.servers;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stand-ins of the text provider and the card acquirer, at one address. They answer as {@code deploy/wiremock} says; tests
 * tell them to be slow or to fail through {@link #wireMock()}, and others over WireMock's HTTP API at
 * {@code /__admin}.
 */
public final class ThirdParties implements Server {

    private final int port;
    private @Nullable WireMockServer server;

    private ThirdParties(int port) {
        this.port = port;
    }

    /** On a free port. */
    public static ThirdParties local() {
        return local(Ports.free());
    }

    public static ThirdParties local(int port) {
        return new ThirdParties(port);
    }

    /** Also after {@link #stop()}, with the stubs and the journal as they were. */
    @Override
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        Ports.requireFree("the stand-ins of text provider and card acquirer", port);
        if (server == null) {
            server = new WireMockServer(WireMockConfiguration.options()
                    .bindAddress("127.0.0.1")
                    .port(port)
                    .http2PlainDisabled(true) // its upgrade resets the stream of a JDK client's first POST
                    .usingFilesUnderClasspath("shop/playground/wiremock")
                    .maxRequestJournalEntries(10_000));
        }
        server.start();
    }

    @Override
    public synchronized void stop() {
        if (server != null && server.isRunning()) {
            server.stop();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return server != null && server.isRunning();
    }

    @Override
    public synchronized void close() {
        stop();
        server = null;
    }

    /** The address of both, without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** To look at what was asked, and to answer otherwise; only while it runs. */
    public synchronized WireMockServer wireMock() {
        if (server == null) {
            throw new IllegalStateException("The stand-ins do not run");
        }
        return server;
    }

    @Override
    public Map<String, String> properties() {
        return Map.of("shop.acquirer.url", url(), "shop.sms.url", url());
    }
}
