using Agents.Models.Decoder;
using Agents.Prompts;
using Agents.Replication;
using Agents.Runtime.Features;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Replication;

/// <summary>Runs a replication in its folder and holds its findings to the house's rules.</summary>
public static class ReplicationRunner
{
    /// <summary>Runs a replication, or finishes the one that its folder holds.</summary>
    /// <param name="replication">The replication.</param>
    /// <param name="model">The model under test; stays the caller's.</param>
    /// <param name="client">It as a chat client; stays the caller's.</param>
    /// <param name="features">Where strategies are found.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="options">Folder, size, seeds.</param>
    /// <param name="cancellationToken">Stops the run; what is finished stays in the folder.</param>
    /// <exception cref="ReplicationException">The folder belongs to another run, or the replication asked for something impossible.</exception>
    public static async Task<ReplicationResult> RunAsync(
        IReplication replication, DecoderModel model, IChatClient client, IFeatureSource features, IPromptLibrary prompts, LaboratoryOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replication);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        using Laboratory laboratory = Laboratory.Open(replication.Info, model, client, features, prompts, options);
        ReplicationFindings findings = await replication.RunAsync(laboratory, cancellationToken).ConfigureAwait(false);
        return new ReplicationResult(replication.Info, Hold(findings, options.Profile))
        {
            Profile = options.Profile,
            Seeds = laboratory.Seeds,
            Model = model.Name,
            Generation = model.GenerationId,
            Seconds = laboratory.Seconds,
            Folder = options.Folder,
        };
    }

    /// <summary>Takes the verdict of a quick run away, and lists the primary comparison among all.</summary>
    /// <param name="findings">What the replication says.</param>
    /// <param name="profile">Size of the run.</param>
    public static ReplicationFindings Hold(ReplicationFindings findings, ReplicationProfile profile)
    {
        ArgumentNullException.ThrowIfNull(findings);
        if (profile == ReplicationProfile.Quick)
        {
            findings = findings with
            {
                Verdict = EffectVerdict.Underpowered,
                Explanation = "Quick run, underpowered by design: it shows that everything runs and gives no verdict. Of its figures: " + findings.Explanation,
            };
        }

        return findings.Comparisons.Contains(findings.Primary) ? findings : findings with { Comparisons = [findings.Primary, .. findings.Comparisons] };
    }
}
