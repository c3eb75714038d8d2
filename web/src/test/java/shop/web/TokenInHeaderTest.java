package shop.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/** The same answers as Spring Security's own way. */
class TokenInHeaderTest {
    private static final String MALFORMED = "malformed";

    private final BearerTokenResolver ours = new TokenInHeader();
    private final BearerTokenResolver springs = new DefaultBearerTokenResolver();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer eyJ.aZ09-_~+/.x",
                "bEARER x",
                "Bearer x==",
                "Bearer =",
                "Bearer x=y",
                "Bearer x y",
                "Bearer  x",
                "Bearer x ",
                "Bearer x\t",
                "Bearer ä",
                "Bearer x,y",
                "Bearer ",
                "Bearer",
                "Bearerx",
                "Bearer\tx",
                "Bear",
                "Basic Bearer x",
                " Bearer x",
                ""
            })
    void findsWhatSpringFinds(String header) {
        assertThat(found(ours, header)).isEqualTo(found(springs, header));
    }

    @Test
    void findsATokenAndItsFault() {
        assertThat(found(ours, "Bearer x.y.z")).isEqualTo("x.y.z");
        assertThat(found(ours, "Bearer x y")).isEqualTo(MALFORMED);
        assertThat(ours.resolve(new MockHttpServletRequest())).isNull();
    }

    private static @Nullable String found(BearerTokenResolver resolver, String header) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.addHeader("Authorization", header);
        try {
            return resolver.resolve(request);
        } catch (OAuth2AuthenticationException e) {
            return MALFORMED;
        }
    }
}
