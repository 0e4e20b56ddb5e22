package bulwark.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Cuts off what the loader of a program or library does not read: tables of sections and of symbols for debuggers, which stand behind the last segment. Source of the form: ELF-64, little-endian. Any other
 * file stays as it is.
 */
final class ElfTrim {
    private static final int MAGIC = 0x464C457F;
    private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;

    private ElfTrim() {}

    static void trim(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        byte[] trimmed = trim(content);
        if (trimmed.length < content.length) {
            Files.write(file, trimmed);
        }
    }

    static byte[] trim(byte[] content) {
        if (content.length < HEADER_BYTES) {
            return content;
        }
        ByteBuffer elf = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (elf.getInt(0) != MAGIC || elf.getShort(4) != CLASS_64_LITTLE_ENDIAN) {
            return content;
        }
        long table = elf.getLong(32);
        int headers = Short.toUnsignedInt(elf.getShort(56));
        long end = table + (long) headers * PROGRAM_HEADER_BYTES;
        for (int i = 0; i < headers; i++) {
            int header = Math.toIntExact(table) + i * PROGRAM_HEADER_BYTES;
            end = Math.max(end, elf.getLong(header + 8) + elf.getLong(header + 32));
        }
        if (end >= content.length) {
            return content;
        }
        byte[] trimmed = java.util.Arrays.copyOf(content, Math.toIntExact(end));
        ByteBuffer written = ByteBuffer.wrap(trimmed).order(ByteOrder.LITTLE_ENDIAN);
        // No table of sections any more: its place, the number of entries, and which of them names the others.
        written.putLong(40, 0);
        written.putShort(60, (short) 0);
        written.putShort(62, (short) 0);
        return trimmed;
    }
}
