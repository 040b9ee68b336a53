namespace Agents.Training.Rollouts;

/// <summary>Makes the trainer's weights serve.</summary>
public interface IPolicySync
{
    /// <summary>Publishes the trainer's present weights as a new generation; earlier ones keep serving until they are disposed.</summary>
    /// <param name="cancellationToken">Ends the work; nothing is published then.</param>
    ValueTask<PolicyGeneration> PublishAsync(CancellationToken cancellationToken = default);
}
