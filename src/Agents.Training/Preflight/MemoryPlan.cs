using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Agents.Training.Adapters;

namespace Agents.Training.Preflight;

/// <summary>What a run will hold in memory, beside what there is. Panels that kernels pack while they multiply and the program itself are not in it (some tens of MiB).</summary>
/// <param name="Entries">Everything that the run holds.</param>
/// <param name="AvailableBytes">Memory that the process may take, as measured before the run allocated anything.</param>
public sealed record MemoryPlan(ImmutableArray<MemoryLedgerEntry> Entries, long AvailableBytes)
{
    /// <summary>Share of the available memory that a plan may take; the rest is for the program, packed panels and the system.</summary>
    private const double UsableShare = 0.9;

    /// <summary>Gets the bytes of all entries.</summary>
    public long TotalBytes => Entries.Sum(entry => entry.Bytes);

    /// <summary>Gets the bytes that a plan may take.</summary>
    public long UsableBytes => (long)(AvailableBytes * UsableShare);

    /// <summary>Gets whether the plan fits.</summary>
    public bool Fits => TotalBytes <= UsableBytes;

    /// <summary>Returns the plan as a table, largest first.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (MemoryLedgerEntry entry in Entries.Where(entry => entry.Bytes > 0).OrderByDescending(entry => entry.Bytes))
        {
            Line(text, entry.Name, entry.Bytes, entry.Purpose);
        }

        Line(text, "all", TotalBytes, "");
        Line(text, "available", AvailableBytes, string.Create(CultureInfo.InvariantCulture, $"of which {UsableShare:P0} may be taken"));
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, long bytes, string purpose) =>
        text.Append(string.Create(CultureInfo.InvariantCulture, $"  {name,-18}{bytes / (double)(1 << 20),10:F1} MiB  {purpose}").TrimEnd()).Append('\n');
}
