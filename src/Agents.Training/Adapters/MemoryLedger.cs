using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Agents.Training.Adapters;

/// <summary>What a training run holds and where it goes. Panels that kernels pack while they multiply are not in it (a few MiB per thread).</summary>
public sealed class MemoryLedger
{
    /// <summary>Creates a ledger.</summary>
    /// <param name="baseBytes">Bytes of the base's weights.</param>
    /// <param name="entries">Everything else.</param>
    public MemoryLedger(long baseBytes, IEnumerable<MemoryLedgerEntry> entries)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(baseBytes);
        ArgumentNullException.ThrowIfNull(entries);
        BaseBytes = baseBytes;
        Entries = [.. entries];
    }

    /// <summary>Gets the bytes of the base's weights.</summary>
    public long BaseBytes { get; }

    /// <summary>Gets everything that training adds.</summary>
    public ImmutableArray<MemoryLedgerEntry> Entries { get; }

    /// <summary>Gets the bytes that training adds.</summary>
    public long AddedBytes => Entries.Sum(entry => entry.Bytes);

    /// <summary>Gets all bytes.</summary>
    public long TotalBytes => BaseBytes + AddedBytes;

    /// <summary>Gets all bytes as a multiple of the base's.</summary>
    public double Ratio => (double)TotalBytes / BaseBytes;

    /// <summary>Returns the ledger as a table, largest first.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        Line(text, "weights", BaseBytes, "of the model");
        foreach (MemoryLedgerEntry entry in Entries.OrderByDescending(entry => entry.Bytes))
        {
            Line(text, entry.Name, entry.Bytes, entry.Purpose);
        }

        Line(text, "all", TotalBytes, string.Create(CultureInfo.InvariantCulture, $"{Ratio:F3} times the base"));
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, long bytes, string purpose) =>
        text.Append(CultureInfo.InvariantCulture, $"{name,-22}{bytes / (double)(1 << 20),10:F1} MiB  {purpose}\n");
}
