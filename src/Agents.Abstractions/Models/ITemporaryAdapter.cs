namespace Agents.Models;

/// <summary>An adapter that lives as long as this object. Requests name it by <see cref="Use"/>, for example under <see cref="ChatOptionKeys.Adapters"/>.</summary>
public interface ITemporaryAdapter : IAsyncDisposable
{
    /// <summary>Gets how requests name it; the id is its own, never given twice.</summary>
    AdapterUse Use { get; }

    /// <summary>Gets the loss before each step: mean cross-entropy in nats per target token.</summary>
    IReadOnlyList<double> Losses { get; }

    /// <summary>Gets the number of steps, fewer than asked for where the time limit came first.</summary>
    int Steps { get; }

    /// <summary>Gets the seconds from the request to the loaded adapter, without waiting for a free trainer.</summary>
    double Seconds { get; }
}
