package bulwark.kernel.evidence.tlog;

import java.io.IOException;

/** Hashes of complete subtrees of one log. */
@FunctionalInterface
public interface HashReader {
    /**
     * @param level 0 for leaves; a subtree has two to the power of it
     * @param index of the subtree within its level
     * @return 32 bytes
     */
    byte[] hash(int level, long index) throws IOException;
}
