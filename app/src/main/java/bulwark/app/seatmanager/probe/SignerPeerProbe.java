package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OtherUser;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The mode of a socket is one gate, and the user of its peer, which the kernel tells, is the other: asked as another user who passes the first. */
final class SignerPeerProbe implements Probe {
    /** On most systems {@code nobody}. */
    private static final int STRANGER = 65_534;

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SIGNER-04",
                        Severity.CRITICAL,
                        "The signer turns another user away, whatever the mode of its socket lets through.",
                        "runbook, section 1; seat manager, \"the system itself says which user calls\"",
                        "Start the signer through ./bulwark: something else answers at its socket")
                .requires("V13.2.1", "V13.2.2");
    }

    @Override
    public Observed observe(Visit visit) throws Exception {
        SeatTarget seats = SeatTarget.of(visit);
        String question = StrictJson.text(Map.of("request", "health"));
        Optional<JsonNode> own = SignerExchange.send(seats.signerSocket(), question);
        Optional<JsonNode> stranger = OtherUser.call(
                        STRANGER, () -> SignerExchange.send(seats.signerSocket(), question))
                .orElseThrow(() ->
                        new ProbeNotApplicable("not visible from here: only root can be another user to the signer"));
        return Observed.of(
                own.isPresent() && stranger.isEmpty(),
                "an answer to the owner, and none to user " + STRANGER,
                (own.isPresent() ? "an answer" : "no answer") + " to the owner, "
                        + (stranger.isPresent() ? "an answer" : "no answer") + " to user " + STRANGER);
    }
}
