package shop.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

class BodyLimitFilterTest {
    private final AtomicLong now = new AtomicLong();
    private final BodyLimitFilter filter =
            new BodyLimitFilter(new ProblemWriter(new JsonMapper()), Duration.ofSeconds(10), 1, now::get);
    private final MockHttpServletResponse response = new MockHttpServletResponse();
    private final MockFilterChain chain = new MockFilterChain();

    @Test
    void handsOnABodyThatComesInTime() throws Exception {
        Dripping drops = new Dripping("{\"name\":1}", Duration.ofMillis(900));

        filter.doFilter(request(drops), response, chain);

        assertThat(chain.getRequest()).isNotNull();
        assertThat(new String(chain.getRequest().getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"name\":1}");
    }

    @Test
    void refusesABodyThatDripsAndReadsNoMoreOfIt() throws Exception {
        Dripping drops = new Dripping(" ".repeat(60_000), Duration.ofSeconds(3));

        filter.doFilter(request(drops), response, chain);

        assertThat(response.getStatus()).isEqualTo(408);
        assertThat(response.getHeader("Connection")).isEqualTo("close");
        assertThat(response.getContentAsString()).contains("urn:mq-shop:problem:too-slow");
        assertThat(drops.read).isEqualTo(4);
        assertThat(chain.getRequest()).isNull();
    }

    @Test
    void neitherReadsOnForeverWhereItIsTooLarge() throws Exception {
        Dripping drops = new Dripping("x".repeat(3_000_000), Duration.ZERO);

        filter.doFilter(request(drops), response, chain);

        assertThat(response.getStatus()).isEqualTo(413);
        assertThat(drops.read).isLessThan(1_100_000);
    }

    @Test
    void takesInNoMoreThanSoManyAtATimeAndLetsPassWhatHasNoBody() throws Exception {
        MockHttpServletResponse another = new MockHttpServletResponse();
        MockHttpServletResponse bodiless = new MockHttpServletResponse();
        Dripping drops = new Dripping("{}", Duration.ZERO, () -> {
            filter.doFilter(request(new Dripping("{}", Duration.ZERO)), another, new MockFilterChain());
            filter.doFilter(new MockHttpServletRequest("POST", "/things"), bodiless, new MockFilterChain());
        });

        filter.doFilter(request(drops), response, chain);

        assertThat(another.getStatus()).isEqualTo(503);
        assertThat(another.getHeader("Retry-After")).isEqualTo("1");
        assertThat(another.getHeader("Connection")).isEqualTo("close");
        assertThat(bodiless.getStatus()).isEqualTo(200);
        assertThat(chain.getRequest()).isNotNull();
        MockFilterChain afterwards = new MockFilterChain();
        filter.doFilter(request(new Dripping("{}", Duration.ZERO)), new MockHttpServletResponse(), afterwards);
        assertThat(afterwards.getRequest()).as("there is room again").isNotNull();
    }

    private static MockHttpServletRequest request(ServletInputStream body) {
        return new MockHttpServletRequest("POST", "/things") {
            @Override
            public long getContentLengthLong() {
                return -1;
            }

            @Override
            public String getHeader(String name) {
                return "chunked";
            }

            @Override
            public ServletInputStream getInputStream() {
                return body;
            }
        };
    }

    @FunctionalInterface
    private interface Meanwhile {
        void happens() throws ServletException, IOException;
    }

    /** A byte at a time, and each takes a while. */
    private final class Dripping extends ServletInputStream {
        private final byte[] all;
        private final Duration each;
        private final Meanwhile meanwhile;
        private int read;

        private Dripping(String all, Duration each) {
            this(all, each, () -> {});
        }

        private Dripping(String all, Duration each, Meanwhile meanwhile) {
            this.all = all.getBytes(StandardCharsets.UTF_8);
            this.each = each;
            this.meanwhile = meanwhile;
        }

        @Override
        public int read() {
            now.addAndGet(each.toNanos());
            try {
                meanwhile.happens();
            } catch (ServletException | IOException e) {
                throw new AssertionError(e);
            }
            return read == all.length ? -1 : all[read++];
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int one = read();
            if (one < 0) {
                return -1;
            }
            target[offset] = (byte) one;
            return 1;
        }

        @Override
        public boolean isFinished() {
            return read == all.length;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    }
}
