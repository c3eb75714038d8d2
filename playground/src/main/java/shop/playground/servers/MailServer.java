package shop.playground.servers;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.icegreen.greenmail.configuration.GreenMailConfiguration;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mail server that keeps what it is given, and a page to read it on: {@code GET /} for people, {@code GET /email} as
 * MailDev's REST API has it. Stopping it ends SMTP alone; the page stays, with the mails.
 */
public final class MailServer implements Server {

    private static final ObjectMapper JSON =
            new ObjectMapper().registerModule(new SimpleModule().addSerializer(new InstantAsText()));

    private final int port;
    private final int pagePort;
    private final List<Mail> arrived = new ArrayList<>();
    private @Nullable MimeMessage last;
    private int count;
    private @Nullable GreenMail smtp;
    private @Nullable HttpServer page;

    private MailServer(int port, int pagePort) {
        this.port = port;
        this.pagePort = pagePort;
    }

    /** On free ports. */
    public static MailServer local() {
        return local(Ports.free(), Ports.free());
    }

    public static MailServer local(int port, int pagePort) {
        return new MailServer(port, pagePort);
    }

    @Override
    public synchronized void start() {
        startPage();
        if (smtp == null) {
            Ports.requireFree("the mail server", port);
            GreenMail started = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
            started.withConfiguration(GreenMailConfiguration.aConfig().withDisabledAuthentication());
            started.start();
            GreenMailUser everybody = started.setUser("everybody@localhost", "");
            started.getUserManager().setMessageDeliveryHandler((message, recipient) -> {
                arrived(message.getMessage());
                return everybody;
            });
            smtp = started;
        }
    }

    private void startPage() {
        if (page != null) {
            return;
        }
        Ports.requireFree("the mail page", pagePort);
        try {
            HttpServer started =
                    HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), pagePort), 0);
            started.createContext("/", this::answer);
            started.start();
            page = started;
        } catch (IOException e) {
            throw new ServerException(
                    "The mail page could not listen on port " + pagePort + ": choose another port.", e);
        }
    }

    /** Ends SMTP: whoever wants to send a mail finds nobody there. */
    @Override
    public synchronized void stop() {
        if (smtp != null) {
            smtp.stop();
            smtp = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return smtp != null;
    }

    @Override
    public synchronized void close() {
        stop();
        clear();
        if (page != null) {
            page.stop(0);
            page = null;
        }
    }

    public String host() {
        return "127.0.0.1";
    }

    /** Where it takes mails, by SMTP. */
    public int port() {
        return port;
    }

    /** The page with the mails, without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + pagePort;
    }

    @Override
    public Map<String, String> properties() {
        return Map.of("spring.mail.host", host(), "spring.mail.port", Integer.toString(port));
    }

    /** All that have arrived, in their order. */
    public List<Mail> mails() {
        synchronized (arrived) {
            return List.copyOf(arrived);
        }
    }

    /** Throws all mails away. */
    public void clear() {
        synchronized (arrived) {
            arrived.clear();
        }
    }

    /** Called once for each recipient of a mail; one mail it is all the same. */
    private void arrived(MimeMessage message) {
        synchronized (arrived) {
            if (message != last) {
                arrived.add(MailReader.read(Integer.toString(++count), message));
                last = message;
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            switch (request) {
                case "GET /" ->
                    send(exchange, 200, "text/html", MailPage.of(mails()).getBytes(StandardCharsets.UTF_8));
                case "GET /email" -> send(exchange, 200, "application/json", JSON.writeValueAsBytes(mails()));
                case "DELETE /email/all" -> {
                    clear();
                    send(exchange, 200, "application/json", "true".getBytes(StandardCharsets.UTF_8));
                }
                default -> send(exchange, 404, "text/plain", "Nothing here.\n".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type + ";charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** As MailDev writes it, without a library for the one type. */
    private static final class InstantAsText extends StdSerializer<Instant> {

        private static final long serialVersionUID = 1;

        InstantAsText() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(value.toString());
        }
    }
}
