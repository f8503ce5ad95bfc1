# What an installed lfbench offers to others: the target lfbench::backend with
# lfbench_add_backend(), and a pkg-config file, for projects with a queue of their own.
include(CMakePackageConfigHelpers)

set(LFBENCH_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/lfbench)
install(DIRECTORY include/lfbench DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS lfbench_backend EXPORT lfbenchTargets)
install(EXPORT lfbenchTargets NAMESPACE lfbench:: DESTINATION ${LFBENCH_CMAKE_DIR})
configure_package_config_file(cmake/lfbenchConfig.cmake.in ${PROJECT_BINARY_DIR}/lfbenchConfig.cmake
  INSTALL_DESTINATION ${LFBENCH_CMAKE_DIR})
# The backend ABI is what has to match; it is checked when an object is loaded.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lfbenchConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lfbenchConfig.cmake ${PROJECT_BINARY_DIR}/lfbenchConfigVersion.cmake
              cmake/LfbenchBackend.cmake
        DESTINATION ${LFBENCH_CMAKE_DIR})
configure_file(cmake/lfbench.pc.in ${PROJECT_BINARY_DIR}/lfbench.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/lfbench.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE README.md CONTRIBUTING.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY examples/plugin DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
