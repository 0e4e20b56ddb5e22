package bulwark.kernel.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the descriptor of the connection that a Unix socket accepted last. Java does not tell it, {@code /proc} does: the accepted ends bear the path to which the
 * socket was bound, and the one that was not here before is the new one. For the one thread that accepts. Linux only.
 */
public final class AcceptedDescriptors {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path UNIX_SOCKETS = Path.of("/proc/net/unix");
    private static final Pattern LINK = Pattern.compile("socket:\\[([0-9]+)]");
    private static final int INODE = 6;
    private static final int PATH = 7;

    private final String path;
    private Set<String> known;

    /**
     * To be made before the first connection is accepted.
     *
     * @param bound the path to which the socket was bound, whatever it is called now
     */
    public AcceptedDescriptors(Path bound) {
        this.path = bound.toString();
        this.known = inodes();
    }

    /** To be called after each accept. Empty when it cannot be told: then nobody vouches for the connection. */
    public OptionalInt newest() {
        Set<String> now = inodes();
        Set<String> fresh = new HashSet<>(now);
        fresh.removeAll(known);
        Set<Integer> found = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                Matcher link = LINK.matcher(target(descriptor));
                if (link.matches() && fresh.contains(link.group(1))) {
                    found.add(Integer.parseInt(descriptor.getFileName().toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        known = now;
        return found.size() == 1 ? OptionalInt.of(found.iterator().next()) : OptionalInt.empty();
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    /** Of the socket itself and of its accepted ends; one that waits to be accepted has none yet, which is written as 0. */
    private Set<String> inodes() {
        try (Stream<String> lines = Files.lines(UNIX_SOCKETS, java.nio.charset.StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.strip().split("\\s+", PATH + 1))
                    .filter(columns -> columns.length > PATH && columns[PATH].equals(latin(path)))
                    .map(columns -> columns[INODE])
                    .filter(inode -> !inode.equals("0"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the bytes of a path look when they are read as ISO 8859-1. */
    private static String latin(String path) {
        return new String(
                path.getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
