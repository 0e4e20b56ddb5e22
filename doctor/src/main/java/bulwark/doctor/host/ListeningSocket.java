package bulwark.doctor.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A TCP socket on which a process waits for connections.
 *
 * @param loopback only this machine reaches it
 */
public record ListeningSocket(int port, boolean loopback) {
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENING = "0A";
    private static final String LOOPBACK_6 = "00000000000000000000000001000000";
    /** 127.0.0.1 as the last word of a mapped address, whose bytes stand in the order of the machine. */
    private static final String MAPPED = "0000000000000000FFFF0000";

    /** All of one process, in its own network namespace. */
    public static List<ListeningSocket> of(HostProcess process) throws IOException {
        Set<String> own = new HashSet<>(process.descriptors());
        List<ListeningSocket> sockets = new ArrayList<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            Path file = process.folder().resolve(table);
            if (!Files.exists(file)) {
                continue;
            }
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > INODE
                        && columns[STATE].equals(LISTENING)
                        && own.contains("socket:[" + columns[INODE] + "]")) {
                    sockets.add(of(columns[LOCAL_ADDRESS]));
                }
            }
        }
        return sockets;
    }

    private static ListeningSocket of(String address) {
        int colon = address.indexOf(':');
        String host = address.substring(0, colon);
        String four = host.startsWith(MAPPED) ? host.substring(MAPPED.length()) : host;
        boolean loopback = host.equals(LOOPBACK_6) || four.length() == 8 && four.endsWith("7F");
        return new ListeningSocket(Integer.parseInt(address.substring(colon + 1), 16), loopback);
    }
}
