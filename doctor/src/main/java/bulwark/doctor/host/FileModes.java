package bulwark.doctor.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Changes of modes that follow no link: whoever owns the folder cannot lead root to another file with one. */
final class FileModes {
    private FileModes() {}

    /** Takes rights away from a file or folder. One that is gone has none left. */
    static void remove(Path path, Set<PosixFilePermission> rights) throws IOException {
        try {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            Set<PosixFilePermission> left = EnumSet.noneOf(PosixFilePermission.class);
            left.addAll(view.readAttributes().permissions());
            left.removeAll(rights);
            if (SocketsClosedProbe.isSocket(path)) {
                // Nobody opens a socket as a file, and a name that is a socket is no link.
                Files.setPosixFilePermissions(path, left);
            } else {
                view.setPermissions(left);
            }
        } catch (NoSuchFileException gone) {
            // another process removed it meanwhile
        }
    }

    static void closeSocket(Path socket) throws IOException {
        remove(socket, EnumSet.complementOf(EnumSet.copyOf(PosixFilePermissions.fromString("rw-------"))));
    }
}
