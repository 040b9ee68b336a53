using System.Runtime.InteropServices;

namespace Agents.Numerics.Tests.Kernels.Matrix;

/// <summary>Memory between two inaccessible pages: touching a byte before or after it ends the process. Linux only.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private readonly byte* _map;
    private readonly nuint _inner;

    public GuardedMemory(int bytes)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        _inner = ((nuint)bytes + page - 1) / page * page;
        _map = (byte*)Map(null, _inner + (2 * page), ReadWrite, PrivateAnonymous, -1, 0);
        Assert.True((nint)_map != -1, "mmap failed");
        Assert.Equal(0, Protect(_map, page, 0));
        Assert.Equal(0, Protect(_map + page + _inner, page, 0));
        Start = _map + page;
        End = Start + _inner;
    }

    /// <summary>Gets the first accessible byte.</summary>
    public byte* Start { get; }

    /// <summary>Gets the end of the accessible bytes.</summary>
    public byte* End { get; }

    public void Dispose() => Assert.Equal(0, Unmap(_map, _inner + (2 * (nuint)Environment.SystemPageSize)));

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
