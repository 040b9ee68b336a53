using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Experience;

namespace Agents.Training.Rollouts;

/// <summary>Visits every prompt once per epoch, each epoch in an order of its own.</summary>
public sealed class ShuffledPromptSampler : IPromptSampler
{
    private readonly ImmutableArray<RolloutPrompt> _prompts;
    private readonly ExampleOrder _order;
    private long _position;

    /// <summary>Takes the prompts and fingerprints them.</summary>
    /// <param name="prompts">At least one prompt.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="ArgumentException">There is no prompt, or one is empty.</exception>
    public ShuffledPromptSampler(IEnumerable<RolloutPrompt> prompts, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        _prompts = [.. prompts];
        if (_prompts.IsEmpty || _prompts.Any(prompt => prompt.TokenIds.IsDefaultOrEmpty))
        {
            throw new ArgumentException("A sampler needs at least one prompt, and every prompt at least one token.", nameof(prompts));
        }

        _order = new ExampleOrder(seed, _prompts.Length);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (RolloutPrompt prompt in _prompts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{prompt.Id}\n{prompt.Reference}\n{prompt.TokenIds.Length}\n"));
            hash.AppendData(MemoryMarshal.AsBytes(prompt.TokenIds.AsSpan()));
        }

        Fingerprint = string.Create(CultureInfo.InvariantCulture, $"shuffled:{seed}:{_prompts.Length}:{Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    /// <inheritdoc/>
    public string Name => "prompt-sampler";

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <inheritdoc/>
    public RolloutPrompt Next() => _prompts[(int)_order.IndexAt(_position++)];

    /// <inheritdoc/>
    public void Observe(ExperienceGroup group)
    {
        // The order does not depend on results.
    }

    /// <inheritdoc/>
    public byte[] Save() => BitConverter.GetBytes(_position);

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> state) => _position = state.Length == sizeof(long) && BitConverter.ToInt64(state) is >= 0 and long position
        ? position
        : throw new CheckpointException($"The state of the prompt sampler has {state.Length} bytes; expected {sizeof(long)} with a position of at least 0.");
}
