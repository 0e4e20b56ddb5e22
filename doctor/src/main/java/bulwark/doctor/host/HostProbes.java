package bulwark.doctor.host;

import bulwark.doctor.probe.Probe;
import java.util.List;

/** What every deployment on a machine has: processes, files, sockets. */
public final class HostProbes {
    /** The first word of their ids, in small letters. */
    public static final String NAME = "host";

    private HostProbes() {}

    public static List<Probe> all() {
        return List.of(
                new FilesClosedProbe(),
                new LinksStayInsideProbe(),
                new SocketsClosedProbe(),
                new ListenersDeclaredProbe(),
                new ListenersOnLoopbackProbe(),
                new AttachClosedProbe(),
                new NoDebugAgentProbe(),
                new NoCoreDumpProbe(),
                new NoSecretInEnvironmentProbe(),
                new NoPublishedSecretProbe(),
                new DiskRoomProbe(),
                new DescriptorRoomProbe(),
                new RunFilesLiveProbe(),
                new InsideUserProbe(),
                new InsideRootFolderProbe(),
                new OwnUserProbe(),
                new ProgramUnchangedProbe());
    }
}
