namespace Agents.Replication;

/// <summary>The laptop-scale check of one paper: its arms, controls and verdict. Lives in the plugin that implements the paper; <c>agents replicate</c> runs it.</summary>
public interface IReplication
{
    /// <summary>Gets what is checked.</summary>
    ReplicationInfo Info { get; }

    /// <summary>Runs all arms. Everything random comes from the seeds of the laboratory; finished parts come back from its journal, so a run that was stopped goes on.</summary>
    /// <param name="laboratory">Tasks, models, training, journal and statistics.</param>
    /// <param name="cancellationToken">Stops the run; what is finished stays in the journal.</param>
    Task<ReplicationFindings> RunAsync(ILaboratory laboratory, CancellationToken cancellationToken = default);
}
