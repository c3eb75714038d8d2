package shop.playground.load;

import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What came back. Nothing of it is read that nobody asks for. */
public final class Reply {

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    Reply(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    public int status() {
        return status;
    }

    /** The first of this name, in whatever case. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    public String body() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
