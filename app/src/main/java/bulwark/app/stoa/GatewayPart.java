package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.stoa.probe.GatewayProbes;
import bulwark.app.up.CommandScript;
import bulwark.app.up.NamedExpiry;
import bulwark.app.up.Part;
import bulwark.app.up.PartDeclaration;
import bulwark.app.up.ProvisionedPart;
import bulwark.app.up.StateFolder;
import bulwark.doctor.probe.PartProbes;
import bulwark.gateway.GatewayAuditEvents;
import bulwark.gateway.GatewayMetrics;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.control.ControlAuditEvents;
import bulwark.gateway.control.ControlMetrics;
import bulwark.gateway.control.ControlSettings;
import bulwark.kernel.rotation.RotationKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The API gateway. */
public final class GatewayPart implements Part {
    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public List<Class<?>> commands() {
        return List.of(StoaCommand.class);
    }

    @Override
    public PartDeclaration declaration() {
        return new PartDeclaration(
                "Gateway",
                GatewaySettings.schema(),
                "bin/stoa gateway",
                GatewayMetrics.ALL,
                "A gateway",
                GatewayAuditEvents.ALL,
                "In `gateway_audit_log` of the gateway's store in its state folder.");
    }

    @Override
    public List<PartDeclaration> declarations() {
        return List.of(
                declaration(),
                new PartDeclaration(
                        "Control plane",
                        ControlSettings.schema(),
                        "bin/stoa control-plane",
                        ControlMetrics.ALL,
                        "A control plane",
                        ControlAuditEvents.ALL,
                        "In `control_audit_log` of the control plane's store in its state folder."));
    }

    @Override
    public String ports() {
        return "TLS on N+443, plain HTTP that redirects to it on N+80, the admin API on N+81";
    }

    /** The process that serves loads none of the command line's classes. */
    @Override
    public Optional<Callable<Integer>> directCommand(CommandContext context, List<String> arguments) {
        return arguments.equals(GatewayProvisioning.COMMAND)
                ? Optional.of(new GatewayCommand(context))
                : Optional.empty();
    }

    @Override
    public ProvisionedPart provision(StateFolder state, int portBase, Clock clock) throws IOException {
        return GatewayProvisioning.openOrCreate(state.of(this), portBase, clock);
    }

    @Override
    public List<NamedExpiry> expiries(StateFolder state, Clock clock) throws IOException {
        return GatewayProvisioning.expiries(state.of(this));
    }

    @Override
    public List<RotationKind> rotations(StateFolder state, Clock clock) {
        return new GatewayRotations(state.of(this), clock).all();
    }

    @Override
    public List<String> notShowing(Path certificate, StateFolder state) throws IOException, InterruptedException {
        return new GatewayRotations(state.of(this), Clock.systemUTC()).notShowing(certificate);
    }

    @Override
    public Optional<PartProbes> doctor() {
        return Optional.of(new GatewayProbes(Clock.systemUTC()));
    }

    @Override
    public List<CommandScript> scripts() {
        return List.of(new CommandScript(
                "stoa",
                " …",
                "the API gateway (gateway, control-plane, token, explain, evidence, hardening), settings from STOA_* and .env",
                List.of("gateway", "control-plane", "explain", "evidence"),
                List.of(),
                List.of("gateway"),
                null));
    }
}
