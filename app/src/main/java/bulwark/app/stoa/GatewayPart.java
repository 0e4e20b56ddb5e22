package bulwark.app.stoa;

import bulwark.app.up.ChildSpec;
import bulwark.app.up.CommandScript;
import bulwark.app.up.Part;
import bulwark.app.up.PartDeclaration;
import bulwark.app.up.ProvisionedPart;
import bulwark.app.up.StateFolder;
import bulwark.gateway.GatewayAuditEvents;
import bulwark.gateway.GatewayMetrics;
import bulwark.gateway.GatewaySettings;
import java.time.Clock;
import java.util.List;

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
    public String ports() {
        return "TLS on N+443, plain HTTP on N+80";
    }

    /** Not a child of {@code up} yet. */
    @Override
    public ProvisionedPart provision(StateFolder state, int portBase, Clock clock) {
        return new Provisioned();
    }

    @Override
    public List<CommandScript> scripts() {
        return List.of(new CommandScript(
                "stoa",
                " …",
                "the API gateway (gateway, token, explain, evidence), settings from STOA_* and .env",
                List.of("gateway", "explain", "evidence"),
                List.of()));
    }

    private record Provisioned() implements ProvisionedPart {
        @Override
        public List<ChildSpec> children() {
            return List.of();
        }

        @Override
        public List<String> welcome() {
            return List.of();
        }
    }
}
