package shop.web;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.BearerTokenErrors;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;

/**
 * Takes the token out of its header and finds the same faults as Spring Security's own way, but without its pattern, which
 * takes a twentieth of an admission to a flash sale.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750, 2.1</a>
 */
final class TokenInHeader implements BearerTokenResolver {
    private static final String SCHEME = "Bearer";
    private static final int BEGIN = SCHEME.length() + 1;

    @Override
    public @Nullable String resolve(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        if (header.length() <= BEGIN || header.charAt(SCHEME.length()) != ' ' || !isToken(header)) {
            throw new OAuth2AuthenticationException(BearerTokenErrors.invalidToken("Bearer token is malformed"));
        }
        return header.substring(BEGIN);
    }

    private static boolean isToken(String header) {
        int end = header.length();
        while (end > BEGIN + 1 && header.charAt(end - 1) == '=') {
            end--;
        }
        for (int at = BEGIN; at < end; at++) {
            if (!belongsToAToken(header.charAt(at))) {
                return false;
            }
        }
        return true;
    }

    private static boolean belongsToAToken(char one) {
        return (one >= 'a' && one <= 'z')
                || (one >= 'A' && one <= 'Z')
                || (one >= '0' && one <= '9')
                || "-._~+/".indexOf(one) >= 0;
    }
}
