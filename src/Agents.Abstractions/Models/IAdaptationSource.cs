namespace Agents.Models;

/// <summary>
/// Makes temporary adapters over a model in this process: <c>client.GetService&lt;IAdaptationSource&gt;()</c>. The base is only read, in whatever storage it is kept; nothing of one
/// adaptation (moments, gradients, random numbers, cached prefixes) reaches another. Safe for concurrent calls.
/// </summary>
public interface IAdaptationSource
{
    /// <summary>Trains an adapter on a few examples and loads it beside the base model, where only requests that name it use it. Equal requests give equal adapters.</summary>
    /// <param name="request">Examples and settings.</param>
    /// <param name="cancellationToken">Honoured within one training step.</param>
    /// <returns>The adapter; its disposal unloads it and drops all that was cached under it.</returns>
    /// <exception cref="ArgumentException">A setting is out of range, or an adapter to train over is not loaded.</exception>
    /// <exception cref="AdaptationException">An example is too long or cannot be read, an adapter to train over is DoRA, or the training diverged.</exception>
    ValueTask<ITemporaryAdapter> AdaptAsync(AdaptationRequest request, CancellationToken cancellationToken = default);
}
