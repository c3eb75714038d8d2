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
        build(Role.ORDER);

        assertThatThrownBy(() -> Shop.builder().root(root).start())
                .isInstanceOf(ServerException.class)
                .hasMessageStartingWith("Not built yet: ")
                .hasMessageContaining("delivery-service/target/delivery-service.jar")
                .hasMessageNotContaining("order-service");
    }

    @Test
    void needsOnlyTheServicesThatAreWanted() throws IOException {
        build(Role.ORDER);

        assertThatThrownBy(() -> Shop.builder()
                        .root(root)
                        .only("order-service", "seckill-gateway")
                        .start())
                .isInstanceOf(ServerException.class)
                .hasMessage("Not built yet: seckill-gateway/target/seckill-gateway.jar; type: mvn -DskipTests package");
    }

    @Test
    void namesTheTakenPortAndWhoWantsItBeforeAnythingStarts() throws IOException {
        for (Role role : Role.values()) {
            build(role);
        }
        int port = Role.DELIVERY.usualPort();
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

    private void build(Role role) throws IOException {
        Files.createDirectories(role.jar(root).getParent());
        Files.writeString(role.jar(root), "");
    }
}
