package shop.events;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every message of the shop: its record, and the golden files that promise its JSON. */
final class Contract {
    private static final JsonMapper json = new JsonMapper();
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private Contract() {}

    /** The records that are published, each by its routing key. */
    static Map<String, Class<?>> messages() {
        return Stream.concat(events(), Stream.of(PurchaseCommand.class, RecountCommand.class))
                .collect(Collectors.toMap(Contract::key, Function.identity()));
    }

    /** A form in which the message was once written, and has to be understood for ever. */
    record Golden(String key, String number, JsonNode form) {
        @Override
        public String toString() {
            return key + "/" + number;
        }
    }

    static List<Golden> goldenFiles() {
        try (Stream<Path> files = Files.walk(GOLDEN, 2)) {
            return files.filter(Files::isRegularFile)
                    .map(Contract::golden)
                    .sorted(Comparator.comparing(Golden::toString))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Golden golden(Path file) {
        return new Golden(
                file.getParent().getFileName().toString(), file.getFileName().toString(), json.readTree(file));
    }

    private static Stream<Class<?>> events() {
        try (Stream<Path> classes = Files.list(Path.of(Event.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("shop/events"))) {
            return classes
                    .map(file -> file.getFileName().toString().replace(".class", ""))
                    .filter(name -> !name.equals("package-info"))
                    .<Class<?>>map(Contract::load)
                    .filter(type -> type.isRecord() && Event.class.isAssignableFrom(type))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName("shop.events." + name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String key(Class<?> type) {
        try {
            return (String) type.getField("KEY").get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " has no public constant KEY", e);
        }
    }
}
