package bulwark.gateway.feed;

import bulwark.gateway.route.RoutesRefused;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.gateway.snapshot.SnapshotDelta;
import bulwark.gateway.snapshot.SnapshotReader;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last good snapshot as the control plane signed it, {@code control-plane.snapshot} in the state folder, and the changes of it that came since, {@code control-plane.deltas}, each on a line: what a
 * gateway starts with while nobody answers. Beside them, {@code control-plane.withdrawals}: a newer snapshot that was refused, of which only what it takes away holds. For one thread.
 */
final class LastSnapshot {
    /** More make a start slow; then the whole is kept again. */
    private static final int MAX_DELTAS = 16;

    private static final long MAX_DELTA_BYTES = ControlPlaneClient.MAX_SNAPSHOT / 8;

    private final Path carriedOut;
    private final Path deltas;
    private final Path refused;
    private final SnapshotReader reader;
    /** Of the changes that count. */
    private long deltaBytes;

    private int deltaCount;

    LastSnapshot(Path stateFolder, SnapshotReader reader) {
        this.carriedOut = stateFolder.resolve("control-plane.snapshot");
        this.deltas = stateFolder.resolve("control-plane.deltas");
        this.refused = stateFolder.resolve("control-plane.withdrawals");
        this.reader = reader;
    }

    /** @throws OperatorError when it is not what a pinned key signed */
    Optional<SignedSnapshot> read() {
        Optional<SignedSnapshot> whole = read(carriedOut, null);
        return whole.isPresent() ? Optional.of(changed(whole.get())) : whole;
    }

    /** As {@link #read}. @param before the snapshot that is carried out */
    Optional<SignedSnapshot> readRefused(@Nullable SignedSnapshot before) {
        return read(refused, before);
    }

    private Optional<SignedSnapshot> read(Path file, @Nullable SignedSnapshot before) {
        try {
            byte[] document = bytes(file);
            return document.length == 0 ? Optional.empty() : Optional.of(reader.read(document, before));
        } catch (RoutesRefused e) {
            throw unusable(file, e);
        }
    }

    /** Empty when there is no such file. */
    private static byte[] bytes(Path file) {
        try {
            if (!Files.exists(file)) {
                return new byte[0];
            }
            OwnerOnlyFiles.check(file);
            if (Files.size(file) > ControlPlaneClient.MAX_SNAPSHOT) {
                throw new RoutesRefused(List.of("It is longer than any snapshot that a control plane may send."));
            }
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0) {
                throw new RoutesRefused(List.of("It is empty."));
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    private static SnapshotUnusable unusable(Path file, RoutesRefused e) {
        List<String> sentences = new ArrayList<>();
        sentences.add(file + " is not a snapshot that this gateway may start with; restore it, or delete it to take"
                + " whatever the control plane sends:");
        sentences.addAll(e.sentences());
        return new SnapshotUnusable(sentences);
    }

    /** A line that a kill cut off was never said to be kept. Changes that lead to the whole itself are older than it. */
    private SignedSnapshot changed(SignedSnapshot whole) {
        SignedSnapshot now = whole;
        try {
            byte[] lines = deltaLines();
            int from = 0;
            for (int at = 0; at < lines.length; at++) {
                if (lines[at] == '\n') {
                    SnapshotDelta delta = reader.readDelta(Arrays.copyOfRange(lines, from, at));
                    if (now != whole || delta.generation() > whole.generation()) {
                        now = delta.apply(now);
                    }
                    from = at + 1;
                    deltaCount++;
                }
            }
            deltaBytes = from;
            return now;
        } catch (RoutesRefused e) {
            throw unusable(deltas, e);
        }
    }

    private byte[] deltaLines() {
        try {
            return Files.exists(deltas) && Files.size(deltas) == 0 ? new byte[0] : bytes(deltas);
        } catch (IOException e) {
            throw new UncheckedIOException(deltas + " cannot be read", e);
        }
    }

    /** Whether the next snapshot should be kept as a whole. */
    boolean isLong() {
        return deltaCount >= MAX_DELTAS || deltaBytes > MAX_DELTA_BYTES;
    }

    /** The whole or, when the document holds changes alone, these. Durable when it returns. */
    void keep(byte[] document) throws IOException {
        if (SnapshotReader.isDelta(document)) {
            append(document);
        } else {
            write(document);
        }
    }

    private void write(byte[] document) throws IOException {
        OwnerOnlyFiles.write(carriedOut, document);
        OwnerOnlyFiles.delete(deltas);
        deltaBytes = 0;
        deltaCount = 0;
    }

    private void append(byte[] document) throws IOException {
        boolean isNew = !Files.exists(deltas);
        byte[] line = Arrays.copyOf(document, document.length + 1);
        line[document.length] = '\n';
        try (FileChannel channel = OwnerOnlyFiles.open(deltas, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(deltaBytes);
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes, deltaBytes + bytes.position());
            }
            channel.force(true);
        }
        if (isNew) {
            OwnerOnlyFiles.syncFolder(deltas);
        }
        deltaBytes += line.length;
        deltaCount++;
    }

    void writeRefused(byte[] document) throws IOException {
        OwnerOnlyFiles.write(refused, document);
    }

    Path file() {
        return carriedOut;
    }
}
