using System.Runtime.InteropServices;
using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Numerics.Kernels;
using Agents.Numerics.Threading;

namespace Agents.Cli.Diagnosis;

/// <summary>Checks of the machine: processor, memory, folders.</summary>
internal static class MachineChecks
{
    private const long RecommendedBytes = 1L << 30;

    /// <summary>Which kernels run here, and on how many threads.</summary>
    public static DoctorCheck Processor()
    {
        KernelPath best = KernelPath.Portable;
        foreach (KernelPath path in (KernelPath[])[KernelPath.Avx2, KernelPath.Avx512])
        {
            best = SimdKernels.IsSupported(path) ? path : best;
        }

        using ComputePool pool = new();
        string machine = $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture}, .NET {Environment.Version}";
        return new DoctorCheck("processor", true, $"{best} kernels on {pool.Threads} threads ({Environment.ProcessorCount} logical processors); {machine}");
    }

    /// <summary>How much memory the process may use.</summary>
    public static DoctorCheck Memory()
    {
        long bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        bool enough = bytes >= RecommendedBytes;
        return new DoctorCheck(
            "memory",
            enough,
            $"{ByteSize.Text(bytes)} available to this process",
            enough ? null : $"Allow the process at least {ByteSize.Text(RecommendedBytes)}, for example by a higher memory limit of its container.");
    }

    /// <summary>Whether work and temporary files can be written.</summary>
    public static IEnumerable<DoctorCheck> Folders()
    {
        yield return Writable("temp-folder", Path.GetTempPath(), "Set the environment variable TMPDIR (TEMP on Windows) to a folder you may write to.");
        yield return Writable("home-folder", AgentsFolders.Current.Home, $"Set the environment variable {AgentsFolders.HomeVariable} to a folder you may write to.");
    }

    private static DoctorCheck Writable(string id, string folder, string fix)
    {
        string existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
        {
            existing = parent;
        }

        string probe = Path.Combine(existing, $".agents-doctor-{Environment.ProcessId}");
        try
        {
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }

            return new DoctorCheck(id, true, existing == folder ? $"'{folder}' is writable" : $"'{folder}' can be created");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new DoctorCheck(id, false, $"'{folder}' is not writable: {error.Message}", fix);
        }
    }
}
