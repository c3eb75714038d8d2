package shop.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import shop.events.Recipient;
import shop.messaging.Ids;
import shop.messaging.UnavailableException;
import shop.messaging.UnprocessableMessageException;
import shop.messaging.publishing.Traces;
import shop.playground.testing.Samples;

class PostTest {
    private static final Traces NO_TRACES = new Traces(ObservationRegistry.NOOP);
    private static final Letter LETTER = new Letter("您的订单", "谢谢", "<p>谢谢</p>");
    private static final UUID EVENT = Ids.next();

    private final List<MimeMessage> sent = new ArrayList<>();
    private final SmtpScript server = new SmtpScript();

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void givesARepetitionTheSameMessageId() throws Exception {
        Post post = collecting();
        post.send(EVENT, Samples.LI, LETTER);
        post.send(EVENT, Samples.LI, LETTER);

        assertThat(sent).hasSize(2).allSatisfy(message -> {
            assertThat(message.getMessageID()).isEqualTo("<" + EVENT + "@mq-shop.example>");
            assertThat(message.getHeader("X-Event-Id")).containsExactly(EVENT.toString());
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Eve\r\nBcc: all@example.org", "Eve\nBcc: all@example.org", "Eve\r\n\r\nBcc: all@example.org"})
    void letsNoNameBeginAHeader(String name) throws Exception {
        Letter letter = new Letter("Hello " + name, "", "");
        collecting().send(EVENT, new Recipient(name, "eve@example.org", "+4915112345678", "en"), letter);

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        sent.get(0).writeTo(bytes);
        assertThat(bytes.toString(StandardCharsets.US_ASCII).lines())
                .noneMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("bcc"));
        assertThat(sent.get(0).getAllRecipients()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nobody", "two@example.org, three@example.org", "a@example.org\r\nBcc: b@example.org", "@"})
    void parksWhatIsNoAddress(String address) throws AddressException {
        Post post = collecting();

        assertThatExceptionOfType(UnprocessableMessageException.class)
                .isThrownBy(() -> post.send(EVENT, to(address), LETTER))
                .withMessageStartingWith("Not a mail address: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RCPT", "DATA", "."})
    void parksWhatTheServerRefusesForGood(String command) throws AddressException {
        server.answer(command, "554 5.7.1 we do not want this");
        Post post = post("shop@example.org");

        assertThatExceptionOfType(UnprocessableMessageException.class)
                .isThrownBy(() -> post.send(EVENT, Samples.ADA, LETTER))
                .withMessage("The mail server refuses: 554 5.7.1 we do not want this");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "DATA", "."})
    void saysThatTheServerIsInTroubleWhenItCanTakeNoMailNow(String command) throws AddressException {
        server.answer(command, "450 4.2.1 later, please");
        Post post = post("shop@example.org");

        assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> post.send(EVENT, Samples.ADA, LETTER));
    }

    @Test
    void saysSoWhenItLeavesInTheMiddleToo() throws AddressException {
        server.answer("RCPT", "421 4.3.2 shutting down");
        Post post = post("shop@example.org");

        assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> post.send(EVENT, Samples.ADA, LETTER));
    }

    @Test
    void saysSoWhenNobodyIsThere() throws Exception {
        server.close();
        Post post = post("shop@example.org");

        assertThatExceptionOfType(UnavailableException.class).isThrownBy(() -> post.send(EVENT, Samples.ADA, LETTER));
    }

    @Test
    void triesAgainForARecipientWhoseMailboxIsFull() throws AddressException {
        server.answer("RCPT", "452 4.2.2 mailbox full");
        Post post = post("shop@example.org");

        assertThatExceptionOfType(MailException.class).isThrownBy(() -> post.send(EVENT, Samples.ADA, LETTER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"554 5.7.1", "450 4.2.1"})
    void tellsNobodyTheAddressThatTheServerRepeats(String code) throws AddressException {
        server.answer("RCPT", code + " <ADA@example.org>: ada@example.org is not welcome");
        List<Throwable> recorded = new ArrayList<>();
        Post post = new Post(server.sender(), new EmailProperties("shop@example.org"), recording(recorded));

        assertThatException()
                .isThrownBy(() -> post.send(EVENT, Samples.ADA, LETTER))
                .satisfies(recorded::add);
        assertThat(recorded)
                .hasSize(2)
                .allSatisfy(failure -> assertThat(stackTrace(failure))
                        .contains(code + " <[address]>: [address] is not welcome")
                        .doesNotContainIgnoringCase("ada@example.org"));
    }

    /** As a tracer would, which puts what failed on the span. */
    private static Traces recording(List<Throwable> failures) {
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onError(Observation.Context context) {
                failures.add(context.getError());
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        return new Traces(observations);
    }

    @Test
    void tellsNobodyWhatIsNoAddress() throws AddressException {
        Post post = collecting();

        assertThatException()
                .isThrownBy(() -> post.send(EVENT, to("Ada Lovelace@example.org"), LETTER))
                .satisfies(failure -> assertThat(stackTrace(failure)).doesNotContain("Lovelace"));
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void sendsWhatTheServerTakes() throws AddressException {
        Post post = post("mq-shop <shop@example.org>");
        post.send(EVENT, Samples.ADA, LETTER);

        assertThat(server.commands()).contains("MAIL FROM:<shop@example.org>", "RCPT TO:<ada@example.org>", ".");
    }

    private static Recipient to(String address) {
        return new Recipient("Eve", address, "+4915112345678", "en");
    }

    private Post collecting() throws AddressException {
        return new Post(
                new JavaMailSenderImpl() {
                    @Override
                    protected void doSend(MimeMessage[] messages, Object @Nullable [] originals) {
                        sent.addAll(List.of(messages));
                    }
                },
                new EmailProperties("mq-shop <shop@mq-shop.example>"),
                NO_TRACES);
    }

    private Post post(String from) throws AddressException {
        return new Post(server.sender(), new EmailProperties(from), NO_TRACES);
    }

    /** A mail server of one conversation, which says yes to everything but one command. */
    private static final class SmtpScript {
        private final ServerSocket socket;
        private final List<String> commands = new ArrayList<>();
        private volatile String refused = "nothing";
        private volatile String refusal = "";

        private SmtpScript() {
            try {
                socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            new Thread(this::serve, "smtp-script").start();
        }

        private void answer(String command, String answer) {
            refused = command;
            refusal = answer;
        }

        private synchronized List<String> commands() {
            return List.copyOf(commands);
        }

        private JavaMailSenderImpl sender() {
            JavaMailSenderImpl sender = new JavaMailSenderImpl();
            sender.setHost("127.0.0.1");
            sender.setPort(socket.getLocalPort());
            return sender;
        }

        private void serve() {
            try (Socket client = socket.accept();
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                    OutputStream out = client.getOutputStream()) {
                say(out, "220 ready");
                boolean data = false;
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (data && !line.equals(".")) {
                        continue;
                    }
                    note(line);
                    boolean no = line.startsWith(refused);
                    data = line.equals("DATA") && !no;
                    say(out, no ? refusal : data ? "354 go ahead" : "250 fine");
                }
            } catch (IOException e) {
                assertThat(socket.isClosed()).as("%s", e).isTrue();
            }
        }

        private synchronized void note(String command) {
            commands.add(command);
        }

        private static void say(OutputStream out, String line) throws IOException {
            out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }

        private void close() throws IOException {
            socket.close();
        }
    }
}
