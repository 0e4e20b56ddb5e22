package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Whoever reads the key makes callers. The node needs the authority's certificate alone. */
final class AuthorityKeyProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-CA-01",
                        Severity.CRITICAL,
                        "The authority's private key is out of the reach of the node.",
                        "tutorial, step 1: \"store ca.key securely\"",
                        "Move ca.key to a machine that issues certificates and serves nothing; chmod 600 where it lies")
                .requires("V13.3.2", "V13.3.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        Path key = node.part().path("authority_key");
        String expected = "no key of the authority beside the node, or one that its user cannot read";
        if (!Files.exists(key, LinkOption.NOFOLLOW_LINKS)) {
            return Observed.pass(expected, "no such file");
        }
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(key));
        if (!mode.endsWith("------")) {
            return Observed.fail(expected, key + " has mode " + mode);
        }
        Object owner = Files.getAttribute(key, "unix:uid");
        Object nodeUser = Files.getAttribute(node.part().path("log"), "unix:uid");
        return owner.equals(nodeUser)
                ? Observed.warn(
                        expected,
                        "mode " + mode
                                + ", but the node's own user owns it: under ./bulwark up one user runs all, and each start issues certificates."
                                + " A production deployment issues them elsewhere")
                : Observed.pass(
                        expected, "mode " + mode + ", of user " + owner + ", while the node is of user " + nodeUser);
    }
}
