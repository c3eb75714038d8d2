package shop.playground.shop;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

/** Signs customers in as the order service would, with the key that it was given: real tokens, and no password to hash. */
public final class TokenMint {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final Duration VALID = Duration.ofHours(12);

    private final KeyPair key;
    private final String modulus;
    private final String exponent;
    private final String id;

    private TokenMint(KeyPair key) throws GeneralSecurityException {
        RSAPublicKey open = (RSAPublicKey) key.getPublic();
        this.key = key;
        this.modulus = number(open.getModulus());
        this.exponent = number(open.getPublicExponent());
        this.id = thumbprint(modulus, exponent);
    }

    public static TokenMint withNewKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return new TokenMint(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@code shop.tokens.private-key} wants it: PEM (PKCS #8). */
    public String privateKey() {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    /** By which the tokens verify where there is no order service to ask: a JSON Web Key Set. */
    public String keySet() {
        return "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}]}"
                .formatted(id, modulus, exponent);
    }

    /** A token of a customer, valid for twelve hours. */
    public String customer(UUID customer) {
        long now = Instant.now().getEpochSecond();
        String signed = base64("{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted(id)) + "."
                + base64("{\"iss\":\"mq-shop\",\"sub\":\"%s\",\"roles\":[\"customer\"],\"iat\":%d,\"exp\":%d}"
                        .formatted(customer, now, now + VALID.toSeconds()));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As the order service names its key, too: RFC 7638. */
    private static String thumbprint(String modulus, String exponent) throws GeneralSecurityException {
        String key = "{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}".formatted(exponent, modulus);
        return BASE64.encodeToString(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int sign = bytes[0] == 0 ? 1 : 0;
        return BASE64.encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
    }

    private static String base64(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
