package shop.playground.load;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP request, wherever it goes to.
 *
 * @param path with the query, if any
 * @param token the bearer's, if it takes one
 * @param json the body, if it has one
 */
public record Request(
        String method,
        String path,
        @Nullable String token,
        @Nullable String json) {

    public static Request get(String path) {
        return new Request("GET", path, null, null);
    }

    /** Without a body. */
    public static Request post(String path) {
        return new Request("POST", path, null, null);
    }

    public static Request post(String path, String json) {
        return new Request("POST", path, null, json);
    }

    public Request withToken(String bearer) {
        return new Request(method, path, bearer, json);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
