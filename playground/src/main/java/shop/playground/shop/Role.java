package shop.playground.shop;

import java.nio.file.Path;

/** The services of the shop, in the order in which they depend on each other's answers. */
enum Role {
    ORDER("order-service", 8081),
    GATEWAY("seckill-gateway", 8080),
    EMAIL("email-service", 8082),
    SMS("sms-service", 8083),
    DELIVERY("delivery-service", 8084);

    private final String module;
    private final int usualPort;

    Role(String module, int usualPort) {
        this.module = module;
        this.usualPort = usualPort;
    }

    String module() {
        return module;
    }

    int usualPort() {
        return usualPort;
    }

    Path jar(Path root) {
        return root.resolve(module).resolve("target").resolve(module + ".jar");
    }
}
