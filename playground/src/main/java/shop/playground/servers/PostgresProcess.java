package shop.playground.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL from the binaries that zonky publishes, run as a process of its own and durable: what was committed survives
 * {@code kill -9}. The library that usually goes with the binaries is made for throw-away data, and starts the server in
 * the terminal's session.
 */
final class PostgresProcess extends LocalProcess {

    private static final String VERSION = "18.6.0";
    private static final String NOBODY = "65534";

    private final int port;
    private final String username;
    private final String password;
    private @Nullable Path binaries;
    private List<String> prefix = List.of();

    PostgresProcess(int port, String username, String password) {
        super("PostgreSQL");
        this.port = port;
        this.username = username;
        this.password = password;
    }

    @Override
    protected ProcessBuilder command() throws IOException {
        Ports.requireFree("PostgreSQL", port);
        prefix = prefix();
        if (binaries == null) {
            binaries = binaries();
        }
        Path bin = binaries.resolve("bin");
        if (!Files.exists(data().resolve("PG_VERSION"))) {
            initialise(bin.resolve("initdb"));
        }
        return asUser(List.of(
                bin.resolve("postgres").toString(),
                "-D",
                data().toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=on",
                "-c",
                "synchronous_commit=on",
                "-c",
                "full_page_writes=on",
                "-c",
                "max_connections=200",
                "-c",
                "shared_buffers=64MB",
                // in the data directory, and so removed with it
                "-c",
                "dynamic_shared_memory_type=mmap"));
    }

    private void initialise(Path initdb) throws IOException {
        delete(data());
        Path passwords = directory().resolve("password");
        Files.writeString(passwords, password + "\n");
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwx--x--x"));
        Files.createDirectory(
                data(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path output = directory().resolve("initdb.log");
        ProcessBuilder builder = asUser(List.of(
                initdb.toString(),
                "-D",
                data().toString(),
                "--username=" + username,
                "--pwfile=" + passwords,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions"));
        if (isUsing("setpriv")) {
            own(data());
            own(passwords);
        }
        Process process = Guard.start(builder, output);
        if (!Guard.await(process, Duration.ofMinutes(1)) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new ServerException("PostgreSQL could not create its data directory: see whether " + directory()
                    + " is on a disk with space and is yours.\n"
                    + Files.readString(output).indent(4));
        }
        Guard.release(process.toHandle());
        Files.delete(passwords);
    }

    /**
     * PostgreSQL refuses to run as root. In a user namespace without a mapping root is nobody, and yet owns its files; in a
     * namespace for inter-process communication its shared memory disappears with it, even after {@code kill -9}. Where
     * namespaces are not to be had, an ordinary user does without, and root steps down.
     */
    private ProcessBuilder asUser(List<String> command) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(all).directory(directory().toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private boolean isUsing(String program) {
        return prefix.contains(program);
    }

    private static List<String> prefix() {
        if (succeeds(List.of("unshare", "-U", "-i", "true"))) {
            return List.of("unshare", "-U", "-i");
        }
        if (!isRoot()) {
            return List.of();
        }
        List<String> stepDown = List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups");
        List<String> attempt = new ArrayList<>(stepDown);
        attempt.add("true");
        if (succeeds(attempt)) {
            return stepDown;
        }
        throw new ServerException(
                "PostgreSQL does not run as root, and root cannot step down here: run this as an ordinary user.");
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return Guard.await(process, Duration.ofSeconds(10)) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void own(Path file) throws IOException {
        Files.setAttribute(file, "unix:uid", Integer.valueOf(NOBODY), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", Integer.valueOf(NOBODY), LinkOption.NOFOLLOW_LINKS);
    }

    /** Unpacked once per user, because it is 60 MB; once per server where there is no home to keep it in. */
    private Path binaries() throws IOException {
        Path unshared = directory().resolve("postgresql");
        if (isUsing("setpriv")) { // nobody may not look into root's home
            return unpack(unshared);
        }
        try {
            return cached(Path.of(System.getProperty("user.home", ""), ".cache", "mq-shop", "postgresql-" + VERSION));
        } catch (FileSystemException e) {
            return unpack(unshared);
        }
    }

    private static Path cached(Path cache) throws IOException {
        if (!Files.isDirectory(cache)) {
            Files.createDirectories(cache.getParent());
            Path unpacked = unpack(Files.createTempDirectory(cache.getParent(), "unpacking-"));
            try {
                Files.move(unpacked, cache, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) { // another JVM was faster
                delete(unpacked);
            }
        }
        return cache;
    }

    private static Path unpack(Path target) throws IOException {
        String resource =
                "/postgres-linux-" + ("aarch64".equals(System.getProperty("os.arch")) ? "arm_64" : "x86_64") + ".txz";
        try (InputStream packed = PostgresProcess.class.getResourceAsStream(resource)) {
            if (packed == null) {
                throw new ServerException(
                        "There is no PostgreSQL for this kind of machine among the dependencies: start Docker instead.");
            }
            Files.createDirectories(target);
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
            TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(packed));
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, target);
            }
        }
        return target;
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path file = target.resolve(entry.getName()).normalize();
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, file);
        boolean executable = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }

    @Override
    protected boolean isReady() {
        return Postgres.answers(port, username, password);
    }

    /** The usual one waits for every client to leave; this one tells them to. */
    @Override
    protected String stopSignal() {
        return "INT";
    }
}
