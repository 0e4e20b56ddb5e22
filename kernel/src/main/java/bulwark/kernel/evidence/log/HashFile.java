package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.tlog.HashReader;
import bulwark.kernel.evidence.tlog.StoredHash;
import bulwark.kernel.evidence.tlog.TreeHash;
import bulwark.kernel.evidence.tlog.TreeProver;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Hashes of a log's tree in the order of {@link StoredHash}, 32 bytes each. All of it follows from the log, so that nothing is synced: what a
 * crash leaves is compared with a signed root, and made again where it differs.
 */
final class HashFile {
    private final Path file;

    HashFile(Path file) {
        this.file = file;
    }

    /** What is asked of the hashes while the file is open. */
    @FunctionalInterface
    interface Question<T> {
        T ask(TreeProver prover) throws IOException;
    }

    /** @throws IOException also when the file holds fewer hashes than are asked for */
    <T> T read(Question<T> question) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return question.ask(new TreeProver(reader(channel)));
        }
    }

    private static HashReader reader(FileChannel channel) {
        return (level, index) ->
                LogFileReader.read(channel, StoredHash.position(level, index) * TreeHash.BYTES, TreeHash.BYTES);
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    /** Puts hashes behind those of a tree of this size; whatever stands there is replaced. */
    void append(long size, List<byte[]> hashes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(hashes.size() * TreeHash.BYTES);
        hashes.forEach(bytes::put);
        bytes.flip();
        long at = StoredHash.count(size) * TreeHash.BYTES;
        try (FileChannel channel = OwnerOnlyFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(at);
            while (bytes.hasRemaining()) {
                channel.write(bytes, at + bytes.position());
            }
        }
    }
}
