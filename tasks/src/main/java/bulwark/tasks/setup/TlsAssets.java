package bulwark.tasks.setup;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateSubject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority, a server and a client certificate for one Redis and its callers: {@code ca}, {@code server}, {@code client}, each {@code .crt} (0644) and
 * {@code .key} (0600). The server's certificate names the given hosts, and localhost and 127.0.0.1 besides. A made folder is 0700.
 *
 * @param hosts the first is the primary one
 * @param clientName common name of the client certificate
 * @param group who may read {@code server.key} too (0640, and the folder 0750), for a Redis under another user; null for nobody
 */
public record TlsAssets(
        Path directory,
        List<String> hosts,
        String clientName,
        Duration validity,
        @Nullable String group) {
    private static final List<String> NAMES = List.of("ca", "server", "client");
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1");

    public TlsAssets {
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty() || hosts.stream().anyMatch(host -> !host.matches("[A-Za-z0-9*._:-]{1,253}"))) {
            throw new IllegalArgumentException("hosts are DNS names or IP addresses, separated by commas");
        }
    }

    /** What of it is there already; making would replace it. */
    public List<String> existing() {
        return names().filter(name -> Files.exists(directory.resolve(name))).toList();
    }

    private static Stream<String> names() {
        return NAMES.stream().flatMap(name -> Stream.of(name + ".crt", name + ".key"));
    }

    /** Replaces what is there. @throws UncheckedIOException when the folder cannot be written or the group does not exist */
    public void make(Clock clock) {
        try {
            OwnerOnlyFiles.createDirectories(directory);
            Path apart = Files.createTempDirectory(directory, ".new");
            try {
                issue(apart, clock);
                for (String name : names().toList()) {
                    mode(apart.resolve(name), name.endsWith(".crt") ? "rw-r--r--" : "rw-------");
                    Files.move(apart.resolve(name), directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            } finally {
                remove(apart);
            }
            share();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the certificates cannot be written to " + directory + ": " + e.getMessage(), e);
        }
    }

    /** With what a failure left in it: it may hold the key of an authority. */
    private static void remove(Path apart) throws IOException {
        for (String name : names().toList()) {
            Files.deleteIfExists(apart.resolve(name));
        }
        Files.delete(apart);
    }

    private void issue(Path apart, Clock clock) {
        Set<String> names = new LinkedHashSet<>(hosts);
        names.addAll(LOCAL);
        CertificateAuthority authority = CertificateAuthority.openOrCreate(apart, hosts.getFirst() + "-ca", clock);
        authority.issue(
                "server", new CertificateSubject(hosts.getFirst(), null, List.copyOf(names), true, false), validity);
        authority.issue("client", new CertificateSubject(clientName, null, List.of(), false, true), validity);
    }

    private void share() throws IOException {
        if (group == null) {
            return;
        }
        GroupPrincipal principal =
                directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
        for (Path shared : List.of(directory, directory.resolve("server.key"))) {
            Files.getFileAttributeView(shared, PosixFileAttributeView.class).setGroup(principal);
        }
        mode(directory, "rwxr-x---");
        mode(directory.resolve("server.key"), "rw-r-----");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** What to tell the user. */
    public List<String> report(String folder) {
        List<String> lines = new ArrayList<>();
        lines.add("Generated TLS assets in " + folder);
        lines.add("- CA:      ca.crt / ca.key");
        lines.add("- Server:  server.crt / server.key (SANs: " + String.join(",", hosts) + ")");
        lines.add("- Client:  client.crt / client.key (CN: " + clientName + ")");
        lines.add("");
        lines.add("Mount " + folder + "/ca.crt into clients via STEM_TLS_CA_CERT, and keep private keys secure.");
        return lines;
    }
}
