package shop.playground.shop;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import shop.playground.servers.Ports;
import shop.playground.servers.ServerException;

class ShopBuilderTest {

    @TempDir
    private Path root;

    @Test
    void saysWhatIsNotBuilt() throws IOException {
        build(Kind.ORDER);

        assertThatThrownBy(() -> Shop.builder().root(root).start())
                .isInstanceOf(ServerException.class)
                .hasMessageStartingWith("Not built yet: ")
                .hasMessageContaining("delivery-service/target/delivery-service.jar")
                .hasMessageNotContaining("order-service");
    }

    @Test
    void namesTheTakenPortAndWhoWantsItBeforeAnythingStarts() throws IOException {
        for (Kind kind : Kind.values()) {
            build(kind);
        }
        int port = Kind.DELIVERY.usualPort();
        try (ServerSocket somebody = new ServerSocket()) {
            if (Ports.isFree(port)) {
                somebody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }

            assertThatThrownBy(() -> Shop.builder().root(root).fixedPorts().start())
                    .isInstanceOf(ServerException.class)
                    .hasMessageContaining("8084 (delivery-service)")
                    .hasMessageEndingWith("taken by another program: stop it, and start again.");
        }
    }

    private void build(Kind kind) throws IOException {
        Files.createDirectories(kind.jar(root).getParent());
        Files.writeString(kind.jar(root), "");
    }
}
