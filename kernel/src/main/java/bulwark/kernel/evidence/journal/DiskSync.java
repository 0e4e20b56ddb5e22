package bulwark.kernel.evidence.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** How what was written reaches the disk. */
@FunctionalInterface
public interface DiskSync {
    /** Content alone: a segment has its length from the beginning. */
    DiskSync DATA = channel -> channel.force(false);

    /** Returns when it is durable. @throws IOException never to be tried again */
    void sync(FileChannel channel) throws IOException;
}
