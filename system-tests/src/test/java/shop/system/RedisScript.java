package shop.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** How a script of the gateway is called on the wire. */
final class RedisScript {
    private static final Path SCRIPTS = Path.of("..", "seckill-gateway", "src", "main", "resources", "redis");

    private RedisScript() {}

    static String digest(String name) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1")
                            .digest(Files.readAllBytes(SCRIPTS.resolve(name + ".lua"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
