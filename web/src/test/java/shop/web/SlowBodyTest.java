package shop.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import org.springframework.test.context.bean.override.convention.TestBean;
import tools.jackson.databind.json.JsonMapper;

/** Clients that drip: each byte comes in time, the last one never. And such that send none. */
@SpringBootTest(
        classes = ApiMannersTest.Api.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "spring.autoconfigure.exclude="
                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
class SlowBodyTest {
    private static final String CLOSE = "\r\nConnection: close\r\n";
    private static final String LINE = "POST /things?colour=red";
    private static final int SOON_MILLIS = 3_000; // Tomcat itself waits five seconds for a byte
    private static final int PATIENCE_MILLIS = 10_000; // of the test, with a server that only waits for the next byte

    private final ScheduledExecutorService drips = Executors.newSingleThreadScheduledExecutor();

    @TestBean
    FilterRegistrationBean<BodyLimitFilter> bodyLimit;

    @LocalServerPort
    private int port;

    static FilterRegistrationBean<BodyLimitFilter> bodyLimit() {
        JsonMapper json = JsonMapper.builder()
                .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class)
                .build();
        var filter =
                new FilterRegistrationBean<>(new BodyLimitFilter(new ProblemWriter(json), Duration.ofMillis(500), 1));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @AfterEach
    void stop() {
        drips.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "application/json,Content-Length: 10000,x",
        "application/json,Transfer-Encoding: chunked,1~x~",
        "application/x-www-form-urlencoded,Content-Length: 10000,x",
        "multipart/form-data; boundary=x,Content-Length: 10000,x"
    })
    void tellsWhoDripsABodyThatItIsTooSlow(String type, String length, String drip) throws Exception {
        assertThat(answerTo(head(type, length), drip))
                .startsWith("HTTP/1.1 408")
                .contains(CLOSE, "urn:mq-shop:problem:too-slow");
    }

    /** Tomcat reads these past the body's stream. */
    @ParameterizedTest
    @CsvSource({"1;,x", "1~x~0~,x"})
    void takesNothingBetweenAndAfterChunks(String beginning, String drip) throws Exception {
        String head = head("application/json", "Transfer-Encoding: chunked");
        assertThat(answerTo(head + beginning.replace("~", "\r\n"), drip)).startsWith("HTTP/1.1 400");
    }

    @Test
    void readsLittleOfWhatItRefused() throws Exception {
        assertThat(answerTo(head("application/json", "Content-Length: 100000"), "x"))
                .startsWith("HTTP/1.1 413")
                .contains(CLOSE);
    }

    /** One takes the only place; nobody waits for the bodies of the others. */
    @Test
    void keepsNoThreadForABodyThatHasNoPlace() throws Exception {
        ExecutorService readers = Executors.newFixedThreadPool(3);
        CompletionService<String> answers = new ExecutorCompletionService<>(readers);
        try (Socket one = silent();
                Socket another = silent();
                Socket third = silent()) {
            for (Socket client : List.of(one, another, third)) {
                answers.submit(() -> readUntilCutOff(client));
            }
            for (int refused = 0; refused < 2; refused++) {
                Future<String> answer = answers.poll(SOON_MILLIS, TimeUnit.MILLISECONDS);
                assertThat(answer).as("a connection that ends").isNotNull();
                assertThat(answer.get()).startsWith("HTTP/1.1 503").contains(CLOSE, "\r\nRetry-After: 1\r\n");
            }
            Future<String> last = answers.poll(10, TimeUnit.SECONDS); // then its place is free for the other tests
            assertThat(last).as("the one that had the place").isNotNull();
            assertThat(last.get()).startsWith("HTTP/1.1 408");
        } finally {
            readers.shutdownNow();
        }
    }

    /** Tomcat answers these itself, and no filter sees them. */
    @ParameterizedTest
    @CsvSource({
        "POST /WEB-INF/things,Content-Length: 1,404",
        "POST /a%2Fb,Content-Length: 1,400",
        "TRACE /things,Content-Length: 1,405",
        "POST /WEB-INF/things,Transfer-Encoding: chunked,404"
    })
    void keepsNoThreadForABodyThatNobodyAskedFor(String line, String length, int status) throws Exception {
        try (Socket client = sent(head("application/json", length).replace(LINE, line))) {
            client.setSoTimeout(SOON_MILLIS);
            assertThat(readUntilCutOff(client)).startsWith("HTTP/1.1 " + status);
        }
    }

    @Test
    void keepsAConnectionWhoseBodyItTook() throws Exception {
        String request = head("application/json", "Content-Length: 28") + "{\"name\":\"lamp\",\"quantity\":3}";
        String last = request.replace("\r\nContent-Type", CLOSE + "Content-Type");
        try (Socket client = sent(request + last)) {
            client.setSoTimeout(SOON_MILLIS);
            assertThat(readUntilCutOff(client).split("HTTP/1.1 200", -1))
                    .as("two answers")
                    .hasSize(3);
        }
    }

    private Socket silent() throws Exception {
        return sent(head("application/json", "Content-Length: 1"));
    }

    private Socket sent(String text) throws IOException {
        Socket client = new Socket("localhost", port);
        client.getOutputStream().write(text.getBytes(US_ASCII));
        return client;
    }

    private static String head(String type, String length) throws Exception {
        return """
                %s HTTP/1.1
                Host: localhost
                Authorization: Bearer %s
                Content-Type: %s
                %s

                """.formatted(LINE, ApiMannersTest.token(ApiMannersTest.KEY, "customer"), type, length)
                .replace("\n", "\r\n");
    }

    /** Everything that comes until the connection ends. */
    private String answerTo(String beginning, String drip) throws IOException {
        try (Socket client = new Socket("localhost", port)) {
            client.setSoTimeout(PATIENCE_MILLIS);
            client.setTcpNoDelay(true);
            client.getOutputStream().write(beginning.getBytes(US_ASCII));
            byte[] next = drip.replace("~", "\r\n").getBytes(US_ASCII);
            Future<?> dripping = drips.scheduleAtFixedRate(
                    () -> {
                        try {
                            client.getOutputStream().write(next);
                        } catch (IOException cutOff) {
                            throw new UncheckedIOException(cutOff); // and it drips no longer
                        }
                    },
                    0,
                    100,
                    TimeUnit.MILLISECONDS);
            String answer = readUntilCutOff(client);
            dripping.cancel(true);
            return answer;
        }
    }

    private static String readUntilCutOff(Socket client) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            client.getInputStream().transferTo(answer);
        } catch (SocketException reset) {
            // as good an end as any: what was still on its way to the server has no reader
        }
        return answer.toString(US_ASCII);
    }
}
