package shop.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
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
            new BodyLimitFilter(new ProblemWriter(new JsonMapper()), Duration.ofSeconds(10), now::get);
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

    /** A byte at a time, and each takes a while. */
    private final class Dripping extends ServletInputStream {
        private final byte[] all;
        private final Duration each;
        private int read;

        private Dripping(String all, Duration each) {
            this.all = all.getBytes(StandardCharsets.UTF_8);
            this.each = each;
        }

        @Override
        public int read() {
            now.addAndGet(each.toNanos());
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
