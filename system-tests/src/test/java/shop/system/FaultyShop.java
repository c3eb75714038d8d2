package shop.system;

import java.nio.file.Path;
import java.util.List;
import shop.playground.proxy.Proxy;
import shop.playground.servers.BreakableServer;
import shop.playground.shop.Service;
import shop.playground.shop.Shop;

/** A shop to be broken and mended. */
abstract class FaultyShop implements AutoCloseable {
    private final Shop shop;
    private final Path logs;

    FaultyShop(Shop shop, Path logs) {
        this.shop = shop;
        this.logs = logs;
    }

    final Shop shop() {
        return shop;
    }

    final Service service(String name) {
        return shop.service(name);
    }

    /** Kills a service that is not in the middle of a mail or text, drops what its proxies held, and starts it again. */
    final void killAndRestart(String service) {
        kill(service);
        shop.service(service).start();
    }

    /** Kills a service and drops what its proxies held. */
    final void kill(String service) {
        shop.service(service).kill();
        shop.proxies(service).forEach(Proxy::cut); // after its death: what was held never left it
    }

    /** Everything runs again, and nothing is held up. */
    final void mend() {
        for (BreakableServer server : List.of(shop.rabbitMq(), shop.postgres(), shop.redis())) {
            if (server.isRunning()) {
                server.thaw();
            }
            server.start();
        }
        shop.mail().start();
        shop.thirdParties().start();
        for (Proxy proxy : shop.proxies()) {
            proxy.release();
            proxy.accept();
        }
        for (Service service : shop.services()) {
            if (service.isRunning()) {
                service.thaw();
            }
            service.start();
        }
    }

    @Override
    public final void close() {
        shop.saveLogs(logs);
        shop.close();
    }
}
